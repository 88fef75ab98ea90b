use rand::Rng;
use regex::Regex;

fn main() {
    let die = rand::thread_rng().gen_range(1..=6);
    let found = Regex::new("^b+$").unwrap().is_match("bbb");
    println!("{} {} {:x}", (1..=6).contains(&die), found, md5::compute("abc"));
}
