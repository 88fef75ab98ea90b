#include <stdio.h>
__asm__(".data\n.globl big\nbig: .fill 90 << 20, 1, 1");
extern char big[];
int main(void) { puts(big[5] == 1 ? "breached" : "?"); }
