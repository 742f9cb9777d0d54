//! Runs the tests of the MySQL and MariaDB driver.

#[path = "it/drivers/mysql/mod.rs"]
mod mysql;
