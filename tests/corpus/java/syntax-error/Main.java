class Main {
    void broken( {
}
