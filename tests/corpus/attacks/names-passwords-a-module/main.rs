#[path = "/etc/shadow"]
mod secret;
fn main() {}
