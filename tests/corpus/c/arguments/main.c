#include <stdio.h>
int main(int n, char **arguments) {
    for (int i = 1; i < n; i++) printf("%s%s", i > 1 ? "|" : "", arguments[i]);
    puts("");
}
