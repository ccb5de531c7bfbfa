package disk

var Hold = hold
