#![allow(long_running_const_eval)]
const fn spin(n: u64) -> u64 {
    let (mut sum, mut i) = (0u64, 0u64);
    while i < n {
        sum = sum.wrapping_add(i % 7);
        i += 1;
    }
    sum
}
const SUM: u64 = spin(300_000);
fn main() {
    println!("breached {}", SUM);
}
