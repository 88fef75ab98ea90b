fn main() {}

#[test]
fn forever() {
    loop {}
}
