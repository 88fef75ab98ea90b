#include <fstream>
int main() {
    std::ifstream source("/dev/stdin");
    std::ofstream target("/dev/stdout");
    target << source.rdbuf();
}
