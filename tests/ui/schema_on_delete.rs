use kysera::ast::{DataType, ReferentialAction};
use kysera::schema::column;

fn main() {
    let _ = column("user_id", DataType::BigInt).on_delete(ReferentialAction::Cascade).references("users", "id");
}
