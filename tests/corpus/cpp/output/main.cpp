#include <cstdio>
int main() {
    for (;;) fputs("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", stdout);
}
