#include <ifaddrs.h>
#include <stdio.h>
#include <string.h>
int main(void) {
    struct ifaddrs *all;
    if (getifaddrs(&all)) return 1;
    for (; all; all = all->ifa_next)
        if (strcmp(all->ifa_name, "lo")) printf("breached %s\n", all->ifa_name);
}
