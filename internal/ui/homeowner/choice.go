package homeowner

import (
	"net/url"
	"slices"

	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/quoting/document"
	"fenceplatform.com/fence/internal/platform/id"
)

// Names of the inputs of a choice, in the address of the page and in the form of the signature.
const (
	tierField  = "tier"
	extraField = "extra"
)

// chosen is the choice that an address or a form names, as far as it is offered. Without one it is the recommended
// tier without extras.
func (l link) chosen(form url.Values) quoting.Choice {
	c := quoting.Choice{Option: form.Get(tierField)}
	option, offered := l.doc.Option(c.Option)
	if !offered {
		option = l.recommended()
		c.Option = option.Key
	}
	for _, e := range option.Extras {
		if key, err := id.Parse(e.Key); err == nil && slices.Contains(form[extraField], e.Key) {
			c.Extras = append(c.Extras, key)
		}
	}
	return c
}

// recommended is the tier that is chosen before anybody chose.
func (l link) recommended() document.Option {
	for _, o := range l.doc.Options {
		if o.Recommended {
			return o
		}
	}
	return l.doc.Options[0]
}

// query names a choice in an address.
func query(c quoting.Choice) string {
	q := url.Values{tierField: {c.Option}}
	for _, e := range c.Extras {
		q.Add(extraField, e.String())
	}
	return "?" + q.Encode()
}
