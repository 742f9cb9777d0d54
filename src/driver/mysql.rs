//! x
use super::*;
/// x
#[derive(Debug)]
pub struct Mysql;
impl Mysql {
    pub async fn connect(_: &ConnectOptions) -> Result<Self> {
        Ok(Self)
    }
}
impl Driver for Mysql {
    fn spec(&self) -> &Spec {
        &crate::dialect::SQLITE
    }
    fn acquire(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>> {
        unimplemented!()
    }
    fn close(&self) -> BoxFuture<'_, Result<()>> {
        unimplemented!()
    }
    fn status(&self) -> PoolStatus {
        PoolStatus::default()
    }
}
