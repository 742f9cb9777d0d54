//! x
/// x
#[derive(Debug)]
pub struct Json<T>(pub T);
