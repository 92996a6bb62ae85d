#[no_mangle]
pub extern "C" fn add(left: i64, right: i64) -> i64 {
    tiny_sum::sum(left, right)
}
