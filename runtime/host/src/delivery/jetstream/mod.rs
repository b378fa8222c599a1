//! Events on their way to a JetStream stream: at least once, stored once, each machine's in their order.
//!
//! | | |
//! | --- | --- |
//! | `address` | the subject that an event is published on |
//! | `window`, `lane` | all that is on its way, and one machine's part of it: a state machine without I/O |
//! | `answer` | what the server answers |
//! | `probe` | whether the stream still holds what it acknowledged |

mod address;
mod answer;
mod lane;
mod probe;
#[cfg(test)]
mod tests;
mod window;
