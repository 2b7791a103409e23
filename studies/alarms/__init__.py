"""Five alarms for a finished adapter: harm that a score on the task does not show. Use: run_alarms(AlarmContext(...))."""

from studies.alarms.context import AlarmContext
from studies.alarms.running import run_alarms

__all__ = ["AlarmContext", "run_alarms"]
