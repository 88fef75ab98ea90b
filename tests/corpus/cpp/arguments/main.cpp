#include <iostream>
int main(int n, char** arguments) {
    for (int i = 1; i < n; i++) std::cout << (i > 1 ? "|" : "") << arguments[i];
    std::cout << "\n";
}
