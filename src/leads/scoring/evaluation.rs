//! How well the rules do on a labelled corpus.
