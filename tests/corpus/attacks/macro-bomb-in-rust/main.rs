macro_rules! grow {
    (; $($t:tt)*) => { [$($t)*].len() };
    (x $($n:ident)*; $($t:tt)*) => { grow!($($n)*; $($t)* $($t)*) };
}
fn main() {
    println!("breached {}", grow!(x x x x x x x x x x x x x x x x x x; 1u8,));
}
