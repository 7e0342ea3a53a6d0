"""What the jobs of all engines share: the columns of the edits, and how a result is told."""

import json
import sys

STRINGS = ["channel", "cityName", "comment", "countryIsoCode", "countryName", "namespace", "page",
           "regionIsoCode", "regionName", "time", "user"]
BOOLEANS = ["isAnonymous", "isMinor", "isNew", "isRobot", "isUnpatrolled"]
LONGS = ["added", "deleted", "delta", "metroCode"]
COUNTRY = "United States"


def arguments() -> tuple[str, str]:
    """The folder with the files, and the folder for the results."""
    return sys.argv[1], sys.argv[2]


def tell(edits: int, filtered: int, channels: int) -> None:
    print(json.dumps({"edits": edits, "filtered": filtered, "channels": channels}))
