#[macro_use]
extern crate evil;

fn main() {
    run!(println!("honest"));
}
