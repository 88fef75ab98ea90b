#include <unistd.h>
int main() {
    for (int n = 0; n < 3; n++)
        if (fork() == 0) { setsid(); for (volatile int spin = 0;; spin++) {} }
}
