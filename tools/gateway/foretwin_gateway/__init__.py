"""OPC UA, Modbus and CoAP brought to MQTT, as a Sparkplug B edge node or as plain JSON topics."""

__version__ = "0.1.0"
