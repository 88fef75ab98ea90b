void main() {
    IO.println("compact " + List.of(1));
}
