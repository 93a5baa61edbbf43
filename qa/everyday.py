"""Words that help no search, and everyday names of the same thing: what families type and what answers say."""

_HELPERS = """
a about after all am an and any are as at be because been but by can could did do does dont every for from get
has have he her hers him his how i if im in is it its just me my no not of on or our she should so than that
the their them they this to up us was we were very what when where which who why will with would you your
into out over again only even also there here then now like going go went got one some too much more most
dear thank thanks please really think know say said says tell told want wants make made way thing things
"""
COMMON = frozenset(_HELPERS.split())

# Each line: names of one thing. The first is the word answers use.
_LINES = """
naloxone narcan
overdose od ods oded overdosed
alcohol drinking drink drinks drunk beer wine liquor booze vodka
detox withdrawal withdrawals
recovery sober sobriety clean
relapse recurrence slip slipped
buprenorphine suboxone subutex sublocade methadone
naltrexone vivitrol
opioid opioids opiate opiates heroin fentanyl oxy oxys oxycontin oxycodone percocet percs painkillers vicodin
stimulant stimulants meth methamphetamine crystal cocaine coke crack adderall
cannabis marijuana weed pot
benzo benzos xanax
jail prison
kid kids child children
mom mother mum
dad father
husband wife spouse partner boyfriend girlfriend
grandchild grandson granddaughter grandkids grandchildren
brother sister sibling siblings
rehab treatment
counselor counselling counseling therapist
died death funeral grief
steal steals stole stealing missing
"""
SAME = [frozenset(line.split()) for line in _LINES.strip().splitlines()]
