#[path = "it/drivers/mysql.rs"]
mod mysql;
