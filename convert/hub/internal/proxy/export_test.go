package proxy

// Direct is what decides when the variables of net/http say nothing.
var Direct = direct
