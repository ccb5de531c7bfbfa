package split

// Names returns the names of the declared configs.
func (c Card) Names() (names []string) {
	for _, cfg := range c.configs {
		names = append(names, cfg.name)
	}
	return names
}
