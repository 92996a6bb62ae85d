pub fn sum(left: i64, right: i64) -> i64 {
    left + right
}
