fn main() {}

#[cfg(test)]
mod tests {
    #[test]
    fn addition() {
        assert_eq!(2, 1 + 1);
    }
}
