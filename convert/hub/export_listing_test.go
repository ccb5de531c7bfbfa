package hub

// NameFault says what is wrong with a path in a repository on a system.
var NameFault = nameFault
