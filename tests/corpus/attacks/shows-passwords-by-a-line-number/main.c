#line 1 "/etc/shadow"
int main(void) { return nowhere; }
