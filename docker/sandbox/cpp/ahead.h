// What is precompiled in place of <bits/stdc++.h>.
#include <bits/stdc++.h>
#pragma lovelace ahead
