"""The look that holds the scenes together, in the same words for each, and the music that goes with it."""

from typing import Final

from omnigen.domain.planner.grammar import tokens
from omnigen.domain.storyboard import AspectRatio, Style

_LOOK: Final = {
    Style.CINEMATIC: "Cinematic look, anamorphic lens, shallow depth of field, fine film grain, {} palette",
    Style.DOCUMENTARY: "Documentary look, natural light, real textures, observational camera, {} palette",
    Style.ANIME: "Hand-drawn anime look, clean line art, painted backgrounds, {} palette",
    Style.WATERCOLOR: "Watercolour animation, soft wet edges, visible paper texture, {} palette",
    Style.NOIR: "Film noir, high-contrast black and white, hard shadows, drifting smoke, {} tones",
    Style.VINTAGE: "Vintage 16 mm film look, light leaks, gentle flicker, faded {} palette",
    Style.NEON: "Neon-lit look, glowing signs, wet reflections, deep shadows, {} palette",
    Style.MINIMAL: "Minimalist look, clean shapes, plenty of empty space, {} palette",
    Style.CLAYMATION: "Stop-motion claymation, handmade clay figures, visible fingerprints, {} palette",
}
_PALETTE: Final = {
    Style.CINEMATIC: "teal and amber",
    Style.DOCUMENTARY: "natural, muted",
    Style.ANIME: "bright sky-blue and coral",
    Style.WATERCOLOR: "pale blue and rose",
    Style.NOIR: "silver and charcoal",
    Style.VINTAGE: "warm ochre and cream",
    Style.NEON: "magenta and cyan",
    Style.MINIMAL: "soft white and a single accent",
    Style.CLAYMATION: "playful primary-colour",
}
_OWN_PALETTE: Final = frozenset({Style.NOIR, Style.NEON, Style.MINIMAL})
"""Looks whose colours are theirs, whatever the prompt is about."""
_BY_WORD: Final[tuple[tuple[str, str], ...]] = (
    ("slate blue and amber", "storm stormy thunder lightning tempest"),
    ("ice blue and white", "snow snowy winter icy glacier frozen blizzard arctic antarctica"),
    ("ochre and rust", "desert dunes canyon mars sand sahara savanna savannah"),
    ("moss green and gold", "forest woods jungle garden meadow moss leaves tree trees"),
    ("magenta and cyan", "neon cyberpunk arcade hologram"),
    ("indigo and silver", "night midnight moon moonlit stars starry space galaxy planet astronaut"),
    ("rose and gold", "sunset sunrise dawn golden"),
    ("teal and amber", "dusk twilight evening city"),
    ("turquoise and coral", "reef underwater tropical beach lagoon"),
    ("deep blue and sea green", "ocean sea waves whale harbour harbor"),
    ("honey and cream", "bakery kitchen coffee bread candle library workshop"),
)
_FRAMING: Final = {
    AspectRatio.WIDE: "",
    AspectRatio.TALL: "vertical framing",
    AspectRatio.SQUARE: "centred square framing",
    AspectRatio.PORTRAIT: "portrait framing",
}
_GENRE: Final = {
    Style.CINEMATIC: "cinematic orchestral score",
    Style.DOCUMENTARY: "understated acoustic underscore",
    Style.ANIME: "bright piano and strings",
    Style.WATERCOLOR: "soft harp and flute",
    Style.NOIR: "smoky jazz with muted trumpet and brushed drums",
    Style.VINTAGE: "warm vintage piano with tape hiss",
    Style.NEON: "pulsing synthwave",
    Style.MINIMAL: "sparse ambient piano",
    Style.CLAYMATION: "playful pizzicato strings and woodwinds",
}
_MOOD: Final[tuple[tuple[str, str, int], ...]] = (
    (
        "brooding and tense, building to a swell",
        "storm dark fight battle danger monster escape flee thunder war haunted ghost",
        80,
    ),
    (
        "driving and energetic",
        "runs race races chase chases fast sport skate dance dances party crowd rocket launch launches",
        128,
    ),
    ("tender and wistful", "love alone lost remembers goodbye rain farewell memory letter tear lonely", 66),
    (
        "playful and light-hearted",
        "funny cat cats puppy kitten toy cartoon playful silly plays clown duck",
        112,
    ),
    (
        "wondrous and spacious",
        "space stars galaxy ocean underwater whale magic glowing portal dream aurora planet",
        72,
    ),
    ("warm and hopeful", "sunrise dawn morning spring home family baker village garden bread light", 84),
    ("calm and serene", "lake snow forest meditation quiet peaceful river tea garden mist dusk", 68),
)
_CALM: Final = ("calm and unhurried, slowly building", 84)


def look_of(style: Style, prompt: str, aspect_ratio: AspectRatio, wishes: tuple[str, ...]) -> str:
    """One sentence that every scene's prompt ends with."""
    parts = [_LOOK[style].format(_palette(style, prompt)), *map(_lower, wishes), _FRAMING[aspect_ratio]]
    return ", ".join(part for part in parts if part) + "."


def music_of(style: Style, prompt: str, wishes: tuple[str, ...]) -> str:
    """What the music should be like."""
    told = set(tokens(prompt))
    counts = [(len(told & set(known.split())), mood, tempo) for mood, known, tempo in _MOOD]
    best, mood, tempo = max(counts, key=lambda found: found[0])
    mood, tempo = (mood, tempo) if best else _CALM
    return ", ".join(
        [f"Instrumental {_GENRE[style]}", *map(_lower, wishes), mood, f"about {tempo} bpm", "no vocals"]
    )


def _lower(wish: str) -> str:
    return wish if wish[1:2].isupper() else wish[0].lower() + wish[1:]


def _palette(style: Style, prompt: str) -> str:
    """Colours by the prompt's most frequent theme; the earlier theme where two are even."""
    if style in _OWN_PALETTE:
        return _PALETTE[style]
    told = tokens(prompt)
    counts = {palette: sum(word in known.split() for word in told) for palette, known in _BY_WORD}
    best = max(counts, key=lambda palette: counts[palette])
    return best if counts[best] else _PALETTE[style]
