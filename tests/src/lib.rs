//! The whole bot from outside.
