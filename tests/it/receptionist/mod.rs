//! The voice door: who gets in, what is kept, and what every kind of message does.

mod authentication;
mod calls;
mod edge;
mod faults;
mod hostile;
mod inbox;
mod shapes;
