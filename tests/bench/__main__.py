"""`make bench`: the engine, the runner around it, and the way from an article to a webhook, all in one run.

    engine      articles a second on one core, relevant and irrelevant ones; start and memory
    pipeline    one extract worker on a real broker, beside the engine alone and a bare consume-produce loop on the same articles
    latency     from article published to webhook received at 100 articles a second

Read ratios and differences; absolute figures are those of this machine at this hour.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from services.runtime.broker.process import start_broker, stop_broker
from services.runtime.settings import BrokerSettings, load_settings
from tests.bench.engine import measure_engine
from tests.bench.latency import measure_latency
from tests.bench.pipeline import measure_pipeline


def main() -> int:
    """Run the parts that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=["engine", "pipeline", "latency", []], help="all when none is named")
    parser.add_argument("--articles", type=int, default=4_000, help="articles of the pipeline part")
    parser.add_argument("--seconds", type=int, default=20, help="length of the latency part")
    arguments = parser.parse_args()
    parts = arguments.parts or ["engine", "pipeline", "latency"]
    if "engine" in parts:
        measure_engine()
    if "pipeline" in parts:
        with tempfile.TemporaryDirectory(prefix="musafaha-bench-", ignore_cleanup_errors=True) as folder:
            own = BrokerSettings.model_validate(load_settings().broker.model_dump() | {"data": Path(folder) / "kafka"})
            broker = start_broker(own)
            try:
                asyncio.run(measure_pipeline(broker.bootstrap_servers, articles=arguments.articles))
            finally:
                stop_broker(own)
    if "latency" in parts:
        asyncio.run(measure_latency(seconds=arguments.seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
