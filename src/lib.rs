//! Voxanne.
