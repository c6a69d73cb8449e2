package files

// AtStep has fn called between the steps of operations.
func (s *Service) AtStep(fn func(step string)) { s.step = fn }

// Parts of pictures, for their tests.
var (
	Upright     = upright
	Shrink      = shrink
	Orientation = orientation
	CleanName   = cleanName
)
