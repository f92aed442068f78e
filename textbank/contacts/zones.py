"""Time zones of the United States where a ZIP code or an area code does not simply have one."""

# The fifty states. Places outside them (Puerto Rico, Guam…) have area codes and ZIP codes of their own,
# so somebody of whom we know neither is somewhere in these.
ANYWHERE = (
    "America/Anchorage",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/New_York",
    "America/Phoenix",
    "Pacific/Honolulu",
)

# Zones whose clocks have agreed for years and are set by the same law (15 USC 260a), so that one stands
# for all where several are possible. A test compares them hour by hour.
STANDS_FOR = {
    "America/Detroit": "America/New_York",
    "America/Indiana/Indianapolis": "America/New_York",
    "America/Indiana/Marengo": "America/New_York",
    "America/Indiana/Petersburg": "America/New_York",
    "America/Indiana/Vevay": "America/New_York",
    "America/Indiana/Vincennes": "America/New_York",
    "America/Indiana/Winamac": "America/New_York",
    "America/Kentucky/Louisville": "America/New_York",
    "America/Kentucky/Monticello": "America/New_York",
    "America/Indiana/Knox": "America/Chicago",
    "America/Indiana/Tell_City": "America/Chicago",
    "America/Menominee": "America/Chicago",
    "America/North_Dakota/Beulah": "America/Chicago",
    "America/North_Dakota/Center": "America/Chicago",
    "America/North_Dakota/New_Salem": "America/Chicago",
    "America/Boise": "America/Denver",
    "America/Juneau": "America/Anchorage",
    "America/Metlakatla": "America/Anchorage",
    "America/Nome": "America/Anchorage",
    "America/Sitka": "America/Anchorage",
    "America/Yakutat": "America/Anchorage",
    "America/St_Thomas": "America/Puerto_Rico",
    "Pacific/Saipan": "Pacific/Guam",
}

# ZIP codes that the `zipcodes` package has wrong, or whose people keep the clock of the next zone though
# the law does not say so: there, a text must suit both.
_EAST_ALABAMA = ("America/Chicago", "America/New_York")
ZIP_CORRECTIONS: dict[str, tuple[str, ...]] = {
    "99634": ("America/Anchorage",),  # Napakiak; the package has the town's name for a zone
    "89883": ("America/Denver",),  # West Wendover, Mountain time since 1999 (64 FR 56705)
    "89825": ("America/Denver", "America/Los_Angeles"),  # Jackpot
    "73946": ("America/Chicago", "America/Denver"),  # Kenton
    "36854": _EAST_ALABAMA,  # Valley
    "36872": _EAST_ALABAMA,
    "36863": _EAST_ALABAMA,  # Lanett
    "36867": _EAST_ALABAMA,  # Phenix City
    "36868": _EAST_ALABAMA,
    "36869": _EAST_ALABAMA,
    "36870": _EAST_ALABAMA,
    "36877": _EAST_ALABAMA,  # Smiths Station
}

# Area codes where a ZIP code of the same state lies in a zone that `phonenumbers` does not name. A test
# compares this table with the `zipcodes` package.
MORE_ZONES_OF_AREA_CODE: dict[str, tuple[str, ...]] = {
    "364": ("America/Chicago",),
    "402": ("America/Denver",),
    "448": ("America/Chicago",),
    "458": ("America/Denver",),
    "531": ("America/Denver",),
    "574": ("America/Chicago",),
    "606": ("America/Chicago",),
    "620": ("America/Denver",),
    "689": ("America/New_York",),
    "765": ("America/Chicago",),
    "785": ("America/Denver",),
    "865": ("America/Chicago",),
    "915": ("America/Chicago",),
    "930": ("America/Chicago",),
    "931": ("America/New_York",),
}
