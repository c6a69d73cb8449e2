package kit

type changePair struct{ label, before, after string }

// changePairs sets before and after of a change side by side, by label; a side that is absent was empty.
func changePairs(e Event) []changePair {
	var pairs []changePair
	at := map[string]int{}
	place := func(label string) *changePair {
		i, found := at[label]
		if !found {
			i = len(pairs)
			at[label] = i
			pairs = append(pairs, changePair{label: label})
		}
		return &pairs[i]
	}
	for _, f := range e.Before {
		place(f.Label).before = f.Value
	}
	for _, f := range e.After {
		place(f.Label).after = f.Value
	}
	return pairs
}
