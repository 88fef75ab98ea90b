fn main() {}

#[cfg(test)]
mod tests {
    #[test]
    fn addition() {
        assert_eq!(3, 1 + 1);
    }
}
