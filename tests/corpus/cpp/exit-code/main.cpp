#include <iostream>
int main() {
    std::cout << "before\n";
    std::cerr << "sorry\n";
    return 3;
}
