//! What the tests share: the servers, a fresh database for each test, and [`check`](check::check).

pub mod check;
pub mod random;
pub mod schema;
pub mod servers;
pub mod shared;
pub mod trees;

pub use self::check::{Expected, Sql, check, check_all, check_file, show};
pub use self::random::Random;
pub use self::servers::{Server, on_all, on_each};
pub use self::shared::{reading, taking_turns, writing};
