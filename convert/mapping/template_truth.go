package mapping

import "text/template/parse"

// truthName is what templates call truthValue. They need not: it is put where a truth is asked for.
const truthName = "_truth"

// truthValue makes an object that is null an empty one, which is false and has nothing to range over.
func truthValue(v any) any {
	if _, null := v.(templateNull); null {
		return templateObject(nil)
	}
	return v
}

// test makes a pipe that is nothing but a chain of the row ask for its truth.
func test(p *parse.PipeNode) {
	if len(p.Cmds) == 1 && len(p.Cmds[0].Args) == 1 {
		p.Cmds[0].Args[0] = tested(p.Cmds[0].Args[0])
	}
}

// testOperands does the same for the operands of and, or and not.
func testOperands(c *parse.CommandNode) {
	name, ok := c.Args[0].(*parse.IdentifierNode)
	if !ok || name.Ident != "and" && name.Ident != "or" && name.Ident != "not" {
		return
	}
	for i, a := range c.Args[1:] {
		c.Args[i+1] = tested(a)
	}
}

func tested(n parse.Node) parse.Node {
	switch n.(type) {
	case *parse.FieldNode, *parse.VariableNode:
		call := &parse.CommandNode{NodeType: parse.NodeCommand, Pos: n.Position(), Args: []parse.Node{parse.NewIdentifier(truthName).SetPos(n.Position()), n}}
		return &parse.PipeNode{NodeType: parse.NodePipe, Pos: n.Position(), Cmds: []*parse.CommandNode{call}}
	}
	return n
}
