"""The planner's vocabulary of English: what opens a phrase, what is a verb, what tells time and place."""

from typing import Final


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _by_word(table: dict[str, str]) -> dict[str, str]:
    return {word: key for key, known in table.items() for word in known.split()}


ARTICLES: Final = _set(
    "a an the this that these those his her its their our my your one each every another some"
)
SINGULAR: Final = _set("a an one this each every another")
NUMBERS: Final = _set(
    "two three four five six seven eight nine ten dozens hundreds thousands several many few"
)
PRONOUNS: Final = _set("he she it they we i you")
PREPOSITIONS: Final = _set(
    "in on at by with through over under above below across along around behind beside between into onto "
    "from near inside outside against among toward towards beneath past amid amidst upon within without "
    "during of to for off down up beyond atop underneath throughout"
)
WEAK_ENDS: Final = (
    PREPOSITIONS | ARTICLES | _set("and or but while as then that which who whose where when if is are")
)
BREAKS: Final = (PREPOSITIONS - _set("of")) | _set("and or but while as then that which who where when")
"""Before these a sentence may be cut and still make sense."""
AUXILIARIES: Final = _set("is are was were be has have had can will would must does do did becomes being")

VERBS: Final = _set(
    "appear arrive awake awaken bake balance battle become begin bend blaze bloom blow boil bounce bow "
    "breach splash rotate break breathe brew bring build burn burst buzz call calm carry carve cast catch chase cheer chop "
    "circle clap clean clear climb close collapse collect come compete continue cook count crack crash "
    "crawl create creep cross crumble cry curl cut dance dart dash decide deliver descend dig dim "
    "disappear discover dissolve dive draw dream drift drink drip drive drop dry eat end emerge embrace "
    "embark enter erupt escape exchange explode explore fade fall feed feel fight fill find finish fix "
    "flap flash flee flicker float flood flow flutter fly fold follow freeze gallop gather gaze get give "
    "glance gleam glide glimmer glisten glitter glow go grab graze greet grind grow guide hang hatch heal "
    "hear help hide hike hit hold hop hover howl hug hum hunt hurry ignite jog join juggle jump keep kick "
    "kiss knead kneel knock laugh launch lead leak lean leap learn leave let lie lift linger listen live "
    "look lose make march meditate meet melt meow move notice offer open orbit pack paddle paint pass "
    "pause pedal perch perform pet pick pour pray prepare press pull push put race rage raise reach read "
    "recover reflect release remember repair rest return reveal ride rise roam roar roast roll row rub "
    "rush sail say scatter scream search see sell set shake shatter shine shiver shout shrink sing sink "
    "sit skate ski sketch slam sleep slide slip slow smile sneak snow soar speak spin splash spread sprint "
    "sprout stand stare start stay steal step stir stop strike stretch stroll strum struggle study stumble "
    "surf surge surround sway sweep swim swing swirl take talk tap teach tell think throw tie toss travel "
    "tremble trot try tumble turn twirl twist unfold vanish visit wade wag wait wake walk wander wander "
    "wash watch weave whirl whisper whistle wilt win wipe wither work wrap write yawn"
)
"""Base forms. A base form itself counts only after a plural, since many are nouns as well."""

ADJECTIVES: Final = _set(
    "new old young big small little large tall huge tiny red blue green white black golden silver "
    "beautiful wooden great"
)
PAST: Final = _set(
    "came went sat stood ran fell rose flew swam began found left took saw met grew broke drove rode"
)
ING_NOUNS: Final = _set(
    "king ring spring morning evening building wing string ceiling painting wedding lightning thing sling "
    "swing clothing nothing something everything anything being during crossing"
)
EXTRA_VERBS: Final = _set("run runs play plays dawns rains snows stands lies lay")
"""Verbs that don't follow from the list above."""

TIMES: Final = _by_word({
    "dawn": "dawn daybreak sunrise",
    "morning": "morning",
    "noon": "noon midday daytime",
    "afternoon": "afternoon",
    "golden hour": "golden-hour goldenhour",
    "sunset": "sunset sundown",
    "dusk": "dusk twilight nightfall",
    "evening": "evening",
    "night": "night nighttime midnight moonlight moonlit starry",
})  # fmt: skip
TIME_PAIRS: Final = {
    ("golden", "hour"): "golden hour",
    ("sun", "rises"): "dawn",
    ("sun", "rising"): "dawn",
    ("sun", "sets"): "sunset",
    ("sun", "setting"): "sunset",
}
LIGHT: Final = {
    "dawn": "first light low on the horizon",
    "morning": "clear, fresh light",
    "noon": "bright overhead light",
    "afternoon": "warm slanting light",
    "golden hour": "long shadows and honeyed light",
    "sunset": "a burning sky and long shadows",
    "dusk": "soft fading light",
    "evening": "low, warm light",
    "night": "pools of light in deep shadow",
}
WEATHER: Final = _by_word({
    "a storm in the air": "storm storms stormy thunder thunderstorm lightning tempest hurricane",
    "rain falling": "rain rains raining rainy rainfall drizzle downpour",
    "snow falling": "snowfall snowstorm blizzard snowing",
    "mist drifting": "fog foggy mist misty haze hazy",
})  # fmt: skip
PLACES: Final = _set(
    "forest woods jungle beach coast shore sea ocean island lake river waterfall valley mountain mountains "
    "hill hills desert dunes canyon cave cliff cliffs meadow field fields garden park farm vineyard "
    "orchard village town city street streets alley market square plaza bridge harbor harbour port station "
    "subway airport highway road rooftop rooftops skyscraper castle palace temple church cathedral ruins "
    "museum library school classroom office kitchen bakery cafe café restaurant bar diner workshop factory "
    "lab laboratory hospital theater theatre stage stadium room bedroom bathroom attic basement house "
    "cabin cottage tent tower lighthouse ship boat spaceship station planet moon mars space galaxy sky "
    "clouds underwater reef glacier tundra arctic savanna savannah prairie swamp countryside tokyo paris "
    "london rome venice kyoto york berlin cairo istanbul lisbon iceland norway japan"
)
PLACE_OPENERS: Final = _set(
    "in on at through over across along around inside near beneath under above amid among outside into "
    "beside within"
)
LOOK: Final = _set(
    "light lighting lit palette style look lens shot 4k 8k hd uhd hdr realistic photorealistic "
    "hyperrealistic grain color colors colour colours colored cinematic slow-motion motion bokeh aesthetic "
    "mood atmosphere film vibe tone tones monochrome 35mm footage"
)
SOUND: Final = _set(
    "music soundtrack score song piano guitar violin strings drums orchestra orchestral synth lo-fi jazz"
)
LATER: Final = _set("later afterwards afterward next eventually finally tomorrow")
ABSTRACT: Final = _set(
    "history story life journey tale making birth evolution adventures day dream art beauty power"
)
"""`The history of a tree` is about a tree."""
SCENERY: Final = _set(
    "time sun moon stars light night day morning camera rain storm wind sky snow fog mist clouds waves thunder"
)
"""What a clause may be about without the film being about it."""
RELATIVES: Final = _set("which who whose that where like")
ABBREVIATIONS: Final = ("dr", "mr", "mrs", "ms", "st", "vs", "etc", "approx", "no")
WORN: Final = _set(
    "coat dress jacket hat hood suit cloak shirt scarf armor armour uniform robe boots cape sweater "
    "raincoat kimono"
)
PERSONS: Final = _set(
    "man woman boy girl child children kid baby astronaut knight dancer chef baker fisherman sailor farmer "
    "robot wizard witch soldier doctor nurse teacher student couple family friends people crowd old young"
)
NEED_VERB: Final = _set("and before after until till as when while but")
"""What follows these is a clause only if it has a verb: `before dawn` isn't one."""
SMALL: Final = _set("a an the and or but of in on at to for by with from as into over under after through")
"""Lower case within a title."""
ENGLISH: Final = _set("the a an and of with to at on is are his her from into by in its")
FOREIGN: Final = _set(
    "der die das ein eine einer und im dem den des il lo la le les el los las un une una uno y et du het een "
    "och det nella del sur dans sobre com uma em não que qui von mit auf"
)
"""Articles and the like of other languages in our letters."""
PLACE_AT: Final = _by_word({
    "on": "beach coast shore island hill hills cliff cliffs street streets bridge highway road rooftop rooftops stage "
    "farm planet moon mars mountain mountains reef glacier",
    "by": "sea ocean lake river waterfall lighthouse tower castle temple church cathedral house cabin cottage tent",
    "at": "port station airport",
})  # fmt: skip
"""What is said before a place, where it isn't `in`."""
