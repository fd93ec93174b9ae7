"""The embedded Kafka: Apache Kafka itself, one node, run from Python packages and a folder of jars. No imitation, no container.

start_broker(settings.broker) -> RunningBroker    stop_broker(settings.broker)    broker_status(settings.broker)
"""

from __future__ import annotations

from services.runtime.broker.process import BrokerStatus, RunningBroker, broker_status, start_broker, stop_broker

__all__ = ["BrokerStatus", "RunningBroker", "broker_status", "start_broker", "stop_broker"]
