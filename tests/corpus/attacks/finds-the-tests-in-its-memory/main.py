password = 'expected-value-1735'
