#include <string>
#include <unistd.h>
int main() {
    for (int i = 0; i < 20000; i++) {
        std::string line = std::to_string(i) + "\n";
        if (write(1, line.data(), line.size()) < 0) return 1;
    }
}
