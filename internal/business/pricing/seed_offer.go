package pricing

// seedTier is a tier that a new company starts with.
type seedTier struct {
	key             TierKey
	name, style     string
	baseChargeCents int64
	summary         string
	differences     []Difference
	warrantyYears   int
}

var seedTiers = []seedTier{
	{Basic, "Basic", "pine-privacy-6ft", 29_900, "A sound privacy fence of treated pine.", []Difference{
		{"Pickets", "Pressure-treated pine, side by side"},
		{"Posts", "Treated 4×4, set in concrete"},
		{"Rails", "Three treated 2×4"},
		{"Gate", "Framed to match, latch and hinges"},
		{"Hardware", "Coated screws"},
	}, 1},
	{Premium, "Premium", "cedar-privacy-6ft", 59_900, "Western red cedar on longer posts: weathers evenly, resists rot.", []Difference{
		{"Pickets", "Western red cedar, side by side"},
		{"Posts", "Treated 4×4, 9 ft long; 6×6 at the gate"},
		{"Rails", "Three cedar-tone 2×4"},
		{"Gate", "Framed to match on 6×6 posts"},
		{"Hardware", "Exterior-grade screws"},
	}, 3},
	{Elite, "Elite", "cedar-board-on-board-6ft", 99_900, "Board on board on steel posts: no gaps when the wood dries, straight for decades.", []Difference{
		{"Pickets", "Select cedar, board on board, flat top"},
		{"Posts", "Galvanized steel, set in concrete"},
		{"Rails", "Three cedar 2×4"},
		{"Gate", "Steel frame, keyed latch, steel posts"},
		{"Hardware", "Stainless screws"},
	}, 10},
}

// seedSettings are usual ways of the trade: nothing in them is advice on law or tax.
func seedSettings() Settings {
	return Settings{
		Rates: &Rates{
			Labor:             Labor{RateCentsPerHour: 4200, PerPostHours: 0.75, PerFtHours: 0.12, PerGateHours: 2},
			RemovalCentsPerFt: 350, OverheadPct: 12,
			Method:          Method{Kind: MethodMargin, Pct: 35},
			Travel:          TravelRule{FreeMiles: 25, StepMiles: 5, StepCents: 350},
			MinimumJobCents: 75_000,
		},
		Offer: Offer{
			Tax:        Tax{Mode: TaxNone},
			DepositPct: 30, DepositText: "30 % when you accept, the balance when the fence is finished.",
			ValidityDays: 30, RecommendedTier: Premium,
			Included: []string{
				"Material and labor for the fence as drawn", "Posts set in concrete", "Gates hung and adjusted",
				"Marking of public utilities before we dig", "Cleanup, and hauling away of our own waste",
			},
			NotIncluded: []string{
				"Digging in rock", "Repair of sprinklers and private lines that were not marked", "Permits and fees of an association",
				"A survey of the property line", "Clearing of trees and brush", "Staining and painting",
			},
			Terms:              seedTerms,
			CancellationNotice: seedCancellation,
		},
	}
}

const seedTerms = `1. We build the fence as drawn and described in the option that you accept. Changes are agreed in writing, with their price, before they are built.
2. You show us the property line and make sure that the fence may stand where it is drawn.
3. We have public utilities marked before we dig. You tell us of private lines, sprinklers, drains and cables.
4. If we meet rock, old concrete or roots that cannot be seen from above, we stop, show you, and agree on the extra work before we go on.
5. Wood is a natural material: it dries, checks and changes color. That is no defect.
6. Workmanship is warranted for the years named in your option. Damage by storm, vehicles, animals or others' work is not covered.
7. The balance is due when the fence is finished and you have walked it with us.`

// seedCancellation says what the federal rule on sales at home (16 CFR 429) wants to stand near the signature.
const seedCancellation = `You, the buyer, may cancel this transaction at any time prior to midnight of the third business day after the date of this transaction. See the attached notice of cancellation form for an explanation of this right.`
